ALTER TABLE "stripe_account" ADD COLUMN "moved_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "import_job" ADD COLUMN "forgotten_at" timestamp (3) with time zone;--> statement-breakpoint
ALTER TABLE "worked" ADD COLUMN "progress" jsonb;--> statement-breakpoint
-- When something of ours moved on an account last: it is asked about what Stripe did without telling us for as long as something may come of that. Noted by
-- triggers: whoever asks Stripe for money, hears of it or books it can't forget it. To the hour: payments of one supplier don't wait for each other's row.
create function note_move() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
begin
	update stripe_account set moved_at = new.created_at where supplier_id = new.supplier_id and account = coalesce(new.stripe_account, '')
		and (moved_at is null or moved_at < new.created_at - interval '1 hour');
	return null;
end $$;
--> statement-breakpoint
create trigger note_move after insert on payment_attempt for each row when (new.channel <> 'bank') execute function note_move();
--> statement-breakpoint
create trigger note_move after insert on stripe_event for each row execute function note_move();
--> statement-breakpoint
create trigger note_move after insert on journal_entry for each row when (new.stripe_account is not null) execute function note_move();
--> statement-breakpoint
create policy keeps on stripe_account to ponctuel_guard using ((select current_user) = 'ponctuel_guard') with check ((select current_user) = 'ponctuel_guard');
--> statement-breakpoint
grant select, update (moved_at) on stripe_account to ponctuel_guard;
--> statement-breakpoint
-- What there was before.
update stripe_account s set moved_at = m.at from (select supplier_id, account, max(at) as at from (
		select supplier_id, coalesce(stripe_account, '') as account, created_at as at from payment_attempt where channel <> 'bank'
		union all select supplier_id, coalesce(stripe_account, ''), created_at from stripe_event
		union all select supplier_id, stripe_account, created_at from journal_entry where stripe_account is not null) moves
	group by supplier_id, account) m
where s.supplier_id = m.supplier_id and s.account = m.account;
--> statement-breakpoint
-- The worker finds whose turn it is by ids and instants, no amount and nothing of a person. What is done is done in the supplier's own scope.
create policy every_supplier on idempotency for select to ponctuel_system using (true);
--> statement-breakpoint
create policy every_supplier on unsettled_object for select to ponctuel_system using (true);
--> statement-breakpoint
grant select (supplier_id, created_at) on idempotency to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, stripe_account) on unsettled_object to ponctuel_system;
--> statement-breakpoint
grant select (forgotten_at) on import_job to ponctuel_system;
--> statement-breakpoint
grant update (forgotten_at) on import_job to ponctuel_app;
--> statement-breakpoint
-- The next invoices of all suppliers behind one, by their ids: the worker compares them piece by piece, and may read nothing else of an invoice.
create function invoices_behind(supplier uuid, invoice uuid, up_to integer) returns table (supplier_id uuid, invoice_id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
	select i.supplier_id, i.invoice_id from invoice i where (i.supplier_id, i.invoice_id) > (supplier, invoice) order by i.supplier_id, i.invoice_id limit up_to
$$;
--> statement-breakpoint
alter function invoices_behind(uuid, uuid, integer) owner to ponctuel_guard;
--> statement-breakpoint
revoke execute on all functions in schema public from public;
--> statement-breakpoint
grant execute on function invoices_behind(uuid, uuid, integer) to ponctuel_system;
