// A request as it arrived, and the addresses of this sandbox.
import type { IncomingHttpHeaders } from 'node:http';

export type SandboxOptions = { jsUrl: string; appOrigin: string };
export type Request = { method: string; path: string; body: string; headers: IncomingHttpHeaders; ip: string };
