// Passkeys as the standard has them (https://www.w3.org/TR/webauthn-3): the only file that knows @simplewebauthn/server, loaded when somebody uses one.
// Origin and RP id come from ORIGIN; the person is always verified (finger, face or PIN); no attestation is asked for, which maker it was does not matter.
import { createHmac } from 'node:crypto';
import { isIP } from 'node:net';
import type {
	AuthenticationResponseJSON,
	AuthenticatorTransport,
	PublicKeyCredentialCreationOptionsJSON,
	PublicKeyCredentialRequestOptionsJSON,
	RegistrationResponseJSON
} from '@simplewebauthn/server';
import type { Config } from '../config.ts';
import type { Passkey } from '../store/passkeys.ts';

type Place = Pick<Config, 'origin' | 'secret'>;
const LIFE_MS = 5 * 60_000;
/** Ed25519, ES256, RS256: what every authenticator of today speaks one of. The post-quantum ones are experimental in Node. */
const ALGORITHMS = [-8, -7, -257];
const library = () => import('@simplewebauthn/server');
const rpIdOf = ({ origin }: Place): string => new URL(origin).hostname;

/** A passkey belongs to a name: on a bare IP address there are none. */
export const canHavePasskeys = (place: Place): boolean => isIP(rpIdOf(place).replace(/^\[|\]$/g, '')) === 0;

/** What an authenticator knows a person by: no name, no address, the same for all passkeys of one person. */
const userHandle = ({ secret }: Place, memberId: string): Uint8Array<ArrayBuffer> =>
	Uint8Array.from(createHmac('sha256', secret).update(`passkey user ${memberId}`).digest());

export async function registrationOptions(
	place: Place,
	person: { memberId: string; email: string; name: string; supplierName: string },
	known: Passkey[],
	challenge: Uint8Array<ArrayBuffer>
): Promise<PublicKeyCredentialCreationOptionsJSON> {
	const { generateRegistrationOptions } = await library();
	return generateRegistrationOptions({
		rpName: person.supplierName,
		rpID: rpIdOf(place),
		userID: userHandle(place, person.memberId),
		userName: person.email,
		userDisplayName: person.name,
		challenge,
		timeout: LIFE_MS,
		attestationType: 'none',
		supportedAlgorithmIDs: ALGORITHMS,
		excludeCredentials: known.map(({ credentialId, transports }) => ({
			id: credentialId,
			transports: transports as AuthenticatorTransport[]
		})),
		authenticatorSelection: { residentKey: 'required', userVerification: 'required' }
	});
}

/** `known` empty: whichever passkey of this place the person chooses. */
export async function authenticationOptions(
	place: Place,
	known: Passkey[],
	challenge: Uint8Array<ArrayBuffer>
): Promise<PublicKeyCredentialRequestOptionsJSON> {
	const { generateAuthenticationOptions } = await library();
	return generateAuthenticationOptions({
		rpID: rpIdOf(place),
		challenge,
		timeout: LIFE_MS,
		userVerification: 'required',
		allowCredentials: known.map(({ credentialId, transports }) => ({
			id: credentialId,
			transports: transports as AuthenticatorTransport[]
		}))
	});
}

type CheckChallenge = (challenge: string) => Promise<boolean>;
export type NewCredential = Pick<Passkey, 'credentialId' | 'publicKey' | 'signCount' | 'transports' | 'isSynced'>;
/** null when the answer is not what was asked for. */
export async function readRegistration(
	place: Place,
	response: RegistrationResponseJSON,
	isOurs: CheckChallenge
): Promise<NewCredential | null> {
	const { verifyRegistrationResponse } = await library();
	const read = await verifyRegistrationResponse({
		response,
		expectedChallenge: isOurs,
		expectedOrigin: place.origin,
		expectedRPID: rpIdOf(place),
		requireUserVerification: true
	}).catch(() => null);
	if (!read?.verified) return null;
	const { credential, credentialBackedUp } = read.registrationInfo;
	return {
		credentialId: credential.id,
		publicKey: credential.publicKey,
		signCount: credential.counter,
		transports: credential.transports ?? [],
		isSynced: credentialBackedUp
	};
}

export type Assertion = { kind: 'proven'; signCount: number } | { kind: 'counter_back' } | { kind: 'refused' };
/**
 * A counter that does not move forward says that two devices hold this key. The library looks at it before the signature, so that anybody could cry
 * wolf: it is told 0, and the counter is looked at here, once the signature is known to be good.
 */
export async function readAssertion(
	place: Place,
	row: Passkey,
	response: AuthenticationResponseJSON,
	isOurs: CheckChallenge
): Promise<Assertion> {
	const { verifyAuthenticationResponse } = await library();
	const handle = response.response.userHandle;
	if (handle && handle !== Buffer.from(userHandle(place, row.memberId)).toString('base64url'))
		return { kind: 'refused' };
	try {
		const read = await verifyAuthenticationResponse({
			response,
			expectedChallenge: isOurs,
			expectedOrigin: place.origin,
			expectedRPID: rpIdOf(place),
			requireUserVerification: true,
			credential: {
				id: row.credentialId,
				publicKey: Uint8Array.from(row.publicKey),
				counter: 0,
				transports: row.transports as AuthenticatorTransport[]
			}
		});
		if (!read.verified) return { kind: 'refused' };
		const { newCounter } = read.authenticationInfo;
		const isBack = (newCounter > 0 || row.signCount > 0) && newCounter <= row.signCount;
		return isBack ? { kind: 'counter_back' } : { kind: 'proven', signCount: newCounter };
	} catch {
		return { kind: 'refused' };
	}
}
