// Reads the page's data again. Without a network the page keeps what it shows; the live feed reads again when it is back.
import { invalidateAll } from '$app/navigation';

export const reread = (): Promise<void> => invalidateAll().catch(() => {});
