// The whole schema, for Drizzle.
export * from './parties.ts';
export * from './invoices.ts';
export * from './payments.ts';
export * from './outcomes.ts';
export * from './refunds.ts';
export * from './offers.ts';
export * from './methods.ts';
export * from './plans.ts';
export * from './credits.ts';
export * from './points.ts';
export * from './loyalty.ts';
export * from './ledger.ts';
export * from './bank.ts';
export * from './imports.ts';
export * from './access.ts';
export * from './traffic.ts';
export * from './security.ts';
