// What a person calls the device behind a User-Agent: "Chrome · Windows". Only to recognise one's own; nothing is decided on it.
const BROWSERS: [RegExp, string][] = [
	[/Edg\//, 'Edge'],
	[/OPR\//, 'Opera'],
	[/SamsungBrowser\//, 'Samsung Internet'],
	[/Firefox\/|FxiOS\//, 'Firefox'],
	[/Chrome\/|CriOS\//, 'Chrome'],
	[/Safari\//, 'Safari']
];
const SYSTEMS: [RegExp, string][] = [
	[/iPhone/, 'iPhone'],
	[/iPad/, 'iPad'],
	[/Android/, 'Android'],
	[/Windows/, 'Windows'],
	[/Mac OS X/, 'Mac'],
	[/CrOS/, 'ChromeOS'],
	[/Linux/, 'Linux']
];
const first = (names: [RegExp, string][], userAgent: string): string | null =>
	names.find(([pattern]) => pattern.test(userAgent))?.[1] ?? null;

/** The User-Agent itself, cut short, when neither browser nor system is known. */
export const deviceText = (userAgent: string): string =>
	[first(BROWSERS, userAgent), first(SYSTEMS, userAgent)].filter(Boolean).join(' · ') || userAgent.slice(0, 60) || '—';
