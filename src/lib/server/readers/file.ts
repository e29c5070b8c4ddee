// A file on its way in.
export const FILE_MAX_BYTES = 20 * 1024 * 1024;
export type InvoiceFile = { name: string; bytes: Uint8Array };
