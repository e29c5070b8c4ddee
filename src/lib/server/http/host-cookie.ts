// Cookies that only this host can have set: over https their name says so, and browsers hold us to it (RFC 6265bis, 4.1.3.2: Secure, no Domain, path /).
export function hostCookie(name: string, origin: string) {
	const secure = origin.startsWith('https:');
	return {
		name: secure ? `__Host-${name}` : name,
		attributes: { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
	};
}
