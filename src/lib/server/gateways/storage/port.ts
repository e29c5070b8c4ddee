// Where documents lie beside the database, in our words: whole files by what is in them. The S3 client beside this file speaks it; without one, the bytes lie in the
// row itself (decision 50).
import type { sha256 } from '../../identity.ts';

/** A supplier's file: nobody reaches it by knowing the hash alone. */
export type Address = { supplierId: string; sha256: ReturnType<typeof sha256> };

export type StorageProblemKind =
	/** No answer, too many asked, or its own fault: the same again later. */
	| 'away'
	/** Key, bucket or region are not what they should be: somebody has to mend it, then the same again. */
	| 'refused'
	/** What was left there under this address is being removed: the same again within the hour. */
	| 'busy'
	/** It answers, and there is no such file. Never taken for "no document". */
	| 'missing'
	/** What is there is not what was put. It is never served. */
	| 'damaged';
/** The message names what was asked, and holds no key. */
export class StorageProblem extends Error {
	override name = 'StorageProblem';
	readonly kind: StorageProblemKind;
	constructor(kind: StorageProblemKind, message: string) {
		super(`document storage: ${message}`);
		this.kind = kind;
	}
}

/** Each throws StorageProblem. */
export type FileStorage = {
	/** As often as it is asked: the same bytes have the same address. */
	put(supplierId: string, bytes: Uint8Array): Promise<Address>;
	/** Byte for byte: held against its size and its hash. */
	get(address: Address, byteSize: number): Promise<Uint8Array>;
	/** How many bytes are there; null: none. */
	has(address: Address): Promise<number | null>;
	/**
	 * Made before its caller looks whether it may, and sent after: a quarter of an hour after it was made the storage refuses it, so that who was held up in
	 * between removes nothing that was put there since. Nothing there is removed too.
	 */
	removal(address: Address): () => Promise<void>;
};
