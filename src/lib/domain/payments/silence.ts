// Why an account at Stripe could not be asked: the key or the account was refused (401, 403), or no answer came (429, 5xx, time-outs, cut answers).
export type Silence = 'key_refused' | 'account_refused' | 'unreachable';
