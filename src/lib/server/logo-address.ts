// Where a supplier's logo is found, and how large it is shown beside the name. The address is the picture's hash: it may be kept for ever, and another
// picture has another one.
import type { LogoView } from '../contract/views.ts';
import { fitted } from '../domain/identity/fitted.ts';
import type { Supplier } from './store/suppliers.ts';

/** CSS pixels, beside a name: as high as the initials it stands for. */
const BOX = { width: 96, height: 32 };

type Shown = Pick<Supplier, 'logoSha256' | 'logoWidth' | 'logoHeight'>;
/** `origin` for who reads it elsewhere: a mail. */
export function logoView({ logoSha256, logoWidth, logoHeight }: Shown, origin = ''): LogoView | null {
	if (!logoSha256 || !logoWidth || !logoHeight) return null;
	return { url: `${origin}/logo/${logoSha256}`, ...fitted({ width: logoWidth, height: logoHeight }, BOX) };
}
