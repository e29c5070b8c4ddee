/** What a stream of the server tells until `isEnough`. A stream that ends before is a failure, said at once: a loop that went on reading it would never end. */
export async function readUntil(
	stream: ReadableStream<Uint8Array>,
	isEnough: (text: string) => boolean
): Promise<string> {
	const reader = stream.getReader();
	const decoder = new TextDecoder();
	let text = '';
	while (!isEnough(text)) {
		const { value, done } = await reader.read();
		if (done) throw new Error(`The stream has ended, after ${JSON.stringify(text.slice(-500))}.`);
		text += decoder.decode(value, { stream: true });
	}
	await reader.cancel();
	return text;
}
