// What the supplier's page of an import shows of its files.

export type ImportFileView = { position: number; fileName: string; sha256: string; byteSize: number; isRead: boolean };
/** A list as a person must see it to say which column is what. */
export type ListView = {
	key: string;
	fileName: string;
	name: string;
	headers: string[];
	sample: string[][];
	columns: (string | null)[];
	needs: 'columns' | 'dates' | null;
	dateOrder: 'dmy' | 'mdy' | null;
};
