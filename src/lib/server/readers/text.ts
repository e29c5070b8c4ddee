// Bytes to text, for files that do not say how they were written.
import { isUtf8 } from 'node:buffer';

/** UTF-8 with or without a mark, UTF-16 with one, else Windows-1252, or what the format prescribes. NULs are padding. */
export function decodeText(bytes: Uint8Array, otherwise: 'windows-1252' | 'iso-8859-15' = 'windows-1252'): string {
	const [a, b] = bytes;
	if ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))
		return new TextDecoder(a === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replaceAll('\0', '');
	} catch {
		return new TextDecoder(otherwise).decode(bytes).replaceAll('\0', '');
	}
}

/** The same text as UTF-8 without its mark. What is UTF-8 already is not copied: lists are long. */
export function asUtf8(bytes: Uint8Array): Buffer {
	if (!isUtf8(bytes) || bytes.includes(0)) return Buffer.from(decodeText(bytes));
	const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
	return Buffer.from(bytes.buffer, bytes.byteOffset + mark, bytes.length - mark);
}

/** Bytes 0x80 to 0xFF of code page 850 (DOS, Western Europe; IBM CDRA 00850). No platform decoder knows it. */
const CP850 =
	'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜø£Ø×ƒáíóúñÑªº¿®¬½¼¡«»░▒▓│┤ÁÂÀ©╣║╗╝¢¥┐└┴┬├─┼ãÃ╚╔╩╦╠═╬¤ðÐÊËÈıÍÎÏ┘┌█▄¦Ì▀ÓßÔÒõÕµþÞÚÛÙýÝ¯´\u00ad±‗¾¶§÷¸°¨·¹³²■\u00a0';
/** Ciel and Sage write code page 850, others Windows-1252: French letters stand below 0xC0 in the first and above in the second. */
export function decodeDos(bytes: Uint8Array): string {
	if (bytes.some((byte) => byte >= 0xc0)) return decodeText(bytes);
	return Array.from(bytes, (byte) => (byte < 0x80 ? String.fromCharCode(byte) : CP850[byte - 0x80])).join('');
}
