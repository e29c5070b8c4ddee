// Where the browser finds payer/start.ts: in the build, under a name that changes with the sources; while developing, as it is.
declare const __PAY_SCRIPT__: string | undefined;
export const SCRIPT: string = typeof __PAY_SCRIPT__ === 'string' ? __PAY_SCRIPT__ : '/src/lib/payer/start.ts';
