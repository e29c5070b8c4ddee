// What a browser posts after its authenticator has spoken (WebAuthn level 3, 5.1.8 and 5.1.9): texts of bounded length, the rest is read by the library.
import * as v from 'valibot';

const Text = (max: number) => v.pipe(v.string(), v.maxLength(max));
const credential = {
	id: Text(1400),
	rawId: Text(1400),
	type: v.literal('public-key'),
	clientExtensionResults: v.optional(v.record(v.string(), v.unknown()), {}),
	authenticatorAttachment: v.optional(v.picklist(['platform', 'cross-platform']))
};
export const Assertion = v.object({
	...credential,
	response: v.object({
		clientDataJSON: Text(8000),
		authenticatorData: Text(8000),
		signature: Text(8000),
		userHandle: v.optional(Text(200))
	})
});
export const Registration = v.object({
	...credential,
	response: v.object({
		clientDataJSON: Text(8000),
		attestationObject: Text(40_000),
		transports: v.optional(v.pipe(v.array(Text(20)), v.maxLength(10)))
	})
});
export const NewPasskey = v.object({
	name: v.pipe(v.string(), v.trim(), v.nonEmpty(), v.maxLength(80)),
	response: Registration
});
export const PasskeyAnswer = v.object({ next: v.optional(v.string(), ''), response: Assertion });
export type Assertion = v.InferOutput<typeof Assertion>;
export type Registration = v.InferOutput<typeof Registration>;
export type PasskeyView = {
	passkeyId: string;
	name: string;
	isSynced: boolean;
	createdAt: Date;
	lastUsedAt: Date | null;
};
