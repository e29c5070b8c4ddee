DROP INDEX "invoice_client_idx";--> statement-breakpoint
DROP INDEX "invoice_due_idx";