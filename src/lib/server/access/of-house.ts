// In the product's own name, for one supplier: what a client's person asks for and may not do or count itself (its own choice about mails, what is left of a reward).
import { mintScope, type Scope } from '../../domain/access/scope.ts';

export const ofHouse = ({ supplierId }: { supplierId: string }): Scope => mintScope(supplierId, { kind: 'system' });
