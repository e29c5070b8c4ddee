// What the stand-in of S3 holds: one bucket, who may come in, and what goes wrong on purpose.
export type StorageFault = {
	/**
	 * `slow_down`: 503, as when too much is asked. `internal`: 500. `late`: answers after `ms`. `drop`: cut before anything is done. `drop_after`: done, and the
	 * answer is cut. `truncate`: half of the body arrives.
	 */
	name: 'slow_down' | 'internal' | 'late' | 'drop' | 'drop_after' | 'truncate';
	method?: string;
	/** How many requests it meets; all when it is not said. */
	times?: number;
	ms?: number;
};

export class StorageWorld {
	bucket = 'documents';
	region = 'fr-test';
	accessKey = 'sandbox-access-key';
	secretKey = 'sandbox-secret-key';
	/** The key has the right to list the bucket (s3:ListBucket): without, what is not there is as what may not be read. */
	mayList = false;
	/** Methods whose right was taken from the key. */
	denied: string[] = [];
	/** Somebody has deleted the bucket. */
	isGone = false;
	readonly objects = new Map<string, Uint8Array>();
	readonly log: { method: string; key: string; status: number | null; code: string }[] = [];
	faults: StorageFault[] = [];

	nextFault(method: string): StorageFault | undefined {
		const fault = this.faults.find((one) => (!one.method || one.method === method) && (one.times ?? 1) > 0);
		if (fault?.times) fault.times -= 1;
		return fault;
	}
	/** One byte of it is another. */
	damage(key: string): void {
		const bytes = Uint8Array.from(this.objects.get(key) ?? []);
		bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
		this.objects.set(key, bytes);
	}
}
