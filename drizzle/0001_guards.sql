-- What the database itself refuses: another supplier's row, an unbalanced entry, an edited book.
-- Two roles that own nothing. ponctuel_app sees one supplier (and, for a client's person, one client) at a time.
-- ponctuel_system sees the queues and the ways in of every supplier, and no money table at all.
do $$ begin
	if not exists (select from pg_roles where rolname = 'ponctuel_app') then create role ponctuel_app nologin nobypassrls; end if;
	if not exists (select from pg_roles where rolname = 'ponctuel_system') then create role ponctuel_system nologin nobypassrls; end if;
end $$;
--> statement-breakpoint
do $$ begin
	execute format('grant ponctuel_app, ponctuel_system to %I', current_user);
	execute format('grant usage on schema public to ponctuel_app, ponctuel_system');
end $$;
--> statement-breakpoint
-- Row-level security on every table; the policy's sub-select is evaluated once per statement, not once per row.
do $$
declare name text;
begin
	for name in select tablename from pg_tables where schemaname = 'public' loop
		execute format('alter table %I enable row level security', name);
	end loop;
	for name in select table_name from information_schema.columns where table_schema = 'public' and column_name = 'supplier_id' loop
		if name in ('client', 'contact', 'invoice', 'payment_attempt', 'payment') then
			execute format($p$create policy one_client on %I to ponctuel_app
				using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid)
					and ((select nullif(current_setting('ponctuel.client_id', true), '')::uuid) is null
						or client_id = (select nullif(current_setting('ponctuel.client_id', true), '')::uuid)))$p$, name);
		else
			execute format($p$create policy one_supplier on %I to ponctuel_app
				using (supplier_id = (select nullif(current_setting('ponctuel.supplier_id', true), '')::uuid))$p$, name);
		end if;
	end loop;
	foreach name in array array['supplier', 'member', 'contact', 'sign_in_request', 'sign_in', 'session', 'pay_link', 'api_key', 'stripe_event', 'outbox', 'mail', 'rate_limit', 'demo_clock', 'worked'] loop
		execute format('create policy every_supplier on %I to ponctuel_system using (true) with check (true)', name);
	end loop;
end $$;
--> statement-breakpoint
-- Grants: what is written once is only ever inserted. An update of one harmless column is what SELECT … FOR UPDATE asks for.
grant select, insert on supplier, member, client, contact, invoice, invoice_vat, document, payment_attempt, payment_attempt_invoice, payment,
	allocation, allocation_vat, reversal, reversal_allocation, refund_request, journal_entry, journal_line, counter, reconciliation,
	sign_in, session, pay_link, api_key, stripe_event, outbox, mail, audit, idempotency to ponctuel_app;
--> statement-breakpoint
grant update on supplier, member, client, contact, payment_attempt, payment_attempt_invoice, refund_request, counter, reconciliation, pay_link, api_key, mail, idempotency to ponctuel_app;
--> statement-breakpoint
grant update (not_payable_reason) on invoice to ponctuel_app;
--> statement-breakpoint
grant delete on session to ponctuel_app;
--> statement-breakpoint
grant select on supplier, member, contact, pay_link, api_key, outbox to ponctuel_system;
--> statement-breakpoint
grant select, insert, update, delete on sign_in_request, sign_in, session, stripe_event, mail, rate_limit, demo_clock, worked to ponctuel_system;
--> statement-breakpoint
create function refuse_change() returns trigger language plpgsql as $$
begin
	raise exception '% is append-only: a correction is a new row', tg_table_name using errcode = 'restrict_violation';
end $$;
--> statement-breakpoint
do $$
declare name text;
begin
	foreach name in array array['journal_entry', 'journal_line', 'payment', 'allocation', 'allocation_vat', 'reversal', 'reversal_allocation', 'audit', 'document', 'invoice_vat'] loop
		execute format('create trigger append_only before update or delete on %I for each row execute function refuse_change()', name);
		execute format('create trigger append_only_truncate before truncate on %I for each statement execute function refuse_change()', name);
	end loop;
end $$;
--> statement-breakpoint
-- Checked at commit: every entry has lines, and debit equals credit.
create function check_entry_balances() returns trigger language plpgsql security definer set search_path = public as $$
declare
	line_count bigint;
	difference numeric;
begin
	select count(*), coalesce(sum(debit_minor) - sum(credit_minor), 0) into line_count, difference
	from journal_line where supplier_id = new.supplier_id and entry_id = new.entry_id;
	if line_count < 2 or difference <> 0 then
		raise exception 'journal entry % does not balance (lines %, difference %)', new.entry_id, line_count, difference using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger entry_balances after insert on journal_entry deferrable initially deferred for each row execute function check_entry_balances();
--> statement-breakpoint
create constraint trigger line_balances after insert on journal_line deferrable initially deferred for each row execute function check_entry_balances();
--> statement-breakpoint
-- Checked at commit: a payment's allocations add up to it.
create function check_allocations_add_up() returns trigger language plpgsql security definer set search_path = public as $$
begin
	if (select coalesce(sum(amount_minor), 0) from allocation where supplier_id = new.supplier_id and payment_id = new.payment_id)
		<> (select amount_minor from payment where supplier_id = new.supplier_id and payment_id = new.payment_id) then
		raise exception 'allocations of payment % do not add up', new.payment_id using errcode = 'check_violation';
	end if;
	return null;
end $$;
--> statement-breakpoint
create constraint trigger allocations_add_up after insert on payment deferrable initially deferred for each row execute function check_allocations_add_up();
--> statement-breakpoint
create constraint trigger allocation_adds_up after insert on allocation deferrable initially deferred for each row execute function check_allocations_add_up();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
