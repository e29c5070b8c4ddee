// Where a pay page asks, below its own address.
export const addressesOf = (base: string) => ({
	payUrl: `${base}/payer`,
	codeUrl: `${base}/code`,
	checkUrl: (attemptId: string): string => `${base}/essai/${attemptId}`,
	receiptUrl: (paymentId: string): string => `${base}/recu/${paymentId}`,
	creditNoteUrl: (discountId: string): string => `${base}/avoir/${discountId}`,
	methodUrl: `${base}/moyen`,
	moveUrl: `${base}/echeance`
});
