// What each rule of the checker is given, and how it says what it found.
import type postgres from 'postgres';

export type Outside = {
	owner: string;
	/** Of the stand-in and of the mailbox. */
	apiUrl: string;
	mailboxUrl: string;
	web: string;
	apiKeys: Record<string, string>;
	/** How often somebody was killed: each may explain one mail that left twice. */
	kills: number;
};
export type Anomaly = { rule: string; what: string };
export type Found = (rule: string, what: string) => void;
export type Facts = { sql: postgres.Sql; found: Found; outside: Outside };
