-- Walls inside a supplier (decision 0025). In a client's scope the database shows and lets write what is that client's, and nothing of members, sessions,
-- keys and audit. What must look across rows to check them does so as ponctuel_guard: row-level security is forced on the owner of the tables
-- too (src/scripts/migrate.ts).
do $$ begin
	if not exists (select from pg_roles where rolname = 'ponctuel_guard') then create role ponctuel_guard nologin nobypassrls; end if;
	-- Who migrates may become each of the three, and is none of them: with inheritance, the policies of the system role would be the owner's as well.
	if current_setting('is_superuser') = 'off' then
		execute format('grant ponctuel_app, ponctuel_system to %I with inherit false, set true', current_user);
		-- Inherited, so that it may replace the functions; what the role may read is for those who run as it (see the policy).
		execute format('grant ponctuel_guard to %I with inherit true, set true', current_user);
	end if;
end $$;
--> statement-breakpoint
grant usage, create on schema public to ponctuel_guard;
--> statement-breakpoint
grant select on journal_line, allocation, payment, quote_acceptance, discount_vat, plan_part, plan_part_line, bank_entry to ponctuel_guard;
--> statement-breakpoint
do $$
declare name text;
begin
	foreach name in array array['journal_line', 'allocation', 'payment', 'quote_acceptance', 'discount_vat', 'plan_part', 'plan_part_line', 'bank_entry'] loop
		execute format('create policy checks on %I for select to ponctuel_guard using ((select current_user) = ''ponctuel_guard'')', name);
	end loop;
	-- pg_temp last: otherwise a temporary table named like one of ours would be looked into first.
	for name in select p.oid::regprocedure::text from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prosecdef loop
		execute format('alter function %s set search_path = public, pg_temp', name);
	end loop;
end $$;
--> statement-breakpoint
-- Every policy of the application's role is written anew, so that one list says who sees what. tx.ts sets the four settings together: supplier, client,
-- invoice (of a pay link) and who asks: owner, accountant, read_only, contact, pay_link, api_key or system.
do $$
declare
	here constant text := 'supplier_id = (select nullif(current_setting(''ponctuel.supplier_id'', true), '''')::uuid)';
	client constant text := '(select nullif(current_setting(''ponctuel.client_id'', true), '''')::uuid)';
	invoice constant text := '(select nullif(current_setting(''ponctuel.invoice_id'', true), '''')::uuid)';
	actor constant text := '(select current_setting(''ponctuel.actor'', true))';
	no_client constant text := client || ' is null';
	of_client constant text := format('(%1$s is null or client_id = %1$s)', client);
	name text;
	parent text;
	key text;
	command text;
	one record;
begin
	for one in select tablename, policyname from pg_policies where schemaname = 'public' and roles = array['ponctuel_app'::name] and policyname in ('one_client', 'one_supplier')
		and tablename = any(array['supplier', 'member', 'client', 'contact', 'invoice', 'invoice_vat', 'document', 'payment_attempt', 'payment_attempt_invoice',
			'payment', 'allocation', 'allocation_vat', 'reversal', 'reversal_allocation', 'refund_request', 'journal_entry', 'journal_line',
			'counter', 'reconciliation', 'sign_in', 'session', 'pay_link', 'api_key', 'stripe_event', 'outbox', 'mail', 'audit',
			'idempotency', 'client_group', 'client_group_member', 'offer_policy', 'quote_acceptance', 'attempt_discount', 'discount',
			'discount_vat', 'stripe_customer', 'saved_method', 'plan', 'plan_part', 'plan_part_line', 'attempt_part', 'plan_charge',
			'method_setup', 'part_move', 'import_mapping']) loop
		execute format('drop policy %I on %I', one.policyname, one.tablename);
	end loop;

	-- A client's own, to read and to write: what comes of paying.
	foreach name in array array['payment_attempt', 'payment', 'quote_acceptance', 'discount', 'stripe_customer', 'saved_method', 'plan', 'method_setup'] loop
		execute format('create policy one_client on %I to ponctuel_app using (%s and %s)', name, here, of_client);
	end loop;
	for name, parent, key in values ('payment_attempt_invoice', 'payment_attempt', 'attempt_id'), ('attempt_discount', 'payment_attempt', 'attempt_id'),
		('allocation', 'payment', 'payment_id'), ('allocation_vat', 'payment', 'payment_id'), ('reversal', 'payment', 'payment_id'),
		('reversal_allocation', 'reversal', 'reversal_id'), ('discount_vat', 'discount', 'discount_id'),
		('plan_part', 'plan', 'plan_id'), ('plan_part_line', 'plan', 'plan_id'), ('attempt_part', 'plan', 'plan_id') loop
		execute format('create policy one_client on %1$I to ponctuel_app using (%4$s and (%5$s or exists (select from %2$I p where p.supplier_id = %1$I.supplier_id and p.%3$I = %1$I.%3$I)))',
			name, parent, key, here, no_client);
	end loop;
	-- An invoice of another client is none of this one's, whatever the line hangs on.
	foreach name in array array['payment_attempt_invoice', 'attempt_discount', 'allocation', 'allocation_vat', 'reversal_allocation', 'plan_part_line'] loop
		execute format('create policy own_invoice on %1$I as restrictive for insert to ponctuel_app with check (%2$s or exists (select from invoice i where i.supplier_id = %1$I.supplier_id and i.invoice_id = %1$I.invoice_id))', name, no_client);
	end loop;

	-- A client's own, to read; the supplier writes it.
	foreach name in array array['client', 'contact', 'client_group_member', 'invoice'] loop
		execute format('create policy one_client on %I for select to ponctuel_app using (%s and %s)', name, here, of_client);
	end loop;
	execute format('create policy one_client on invoice_vat for select to ponctuel_app using (%s and (%s or exists (select from invoice i where i.supplier_id = invoice_vat.supplier_id and i.invoice_id = invoice_vat.invoice_id)))', here, no_client);
	execute format('create policy one_client on refund_request for select to ponctuel_app using (%s and (%s or exists (select from payment p where p.supplier_id = refund_request.supplier_id and p.payment_id = refund_request.payment_id)))', here, no_client);
	execute format('create policy one_client on part_move for select to ponctuel_app using (%s and (%s or exists (select from plan p where p.supplier_id = part_move.supplier_id and p.plan_id = part_move.plan_id)))', here, no_client);
	-- The file of an invoice; to a pay link, of the invoice it is for.
	execute format('create policy one_client on document for select to ponctuel_app using (%s and (%s or exists (select from invoice i where i.supplier_id = document.supplier_id and i.document_id = document.document_id and i.document_is_shown and (%3$s is null or i.invoice_id = %3$s))))', here, no_client, invoice);
	-- Offers to everybody, to a group of its own or to itself, once they are published.
	execute format('create policy one_client on client_group for select to ponctuel_app using (%s and (%s or exists (select from client_group_member m where m.supplier_id = client_group.supplier_id and m.group_id = client_group.group_id)))', here, no_client);
	execute format('create policy one_client on offer_policy for select to ponctuel_app using (%s and (%s or (published_at is not null and (audience_kind = ''all'' or client_id = %s
		or exists (select from client_group_member m where m.supplier_id = offer_policy.supplier_id and m.group_id = offer_policy.group_id)))))', here, no_client, client);
	-- What is asked is answered; a refusal or a return of money closes its request; an invoice is locked while it is paid (a trigger keeps its columns).
	execute format('create policy answering on part_move for update to ponctuel_app using (%s and (%s or exists (select from plan p where p.supplier_id = part_move.supplier_id and p.plan_id = part_move.plan_id)))', here, no_client);
	execute format('create policy closing on refund_request for update to ponctuel_app using (%s and (%s or exists (select from payment p where p.supplier_id = refund_request.supplier_id and p.payment_id = refund_request.payment_id)))', here, no_client);
	execute format('create policy locking on invoice for update to ponctuel_app using (%s and %s)', here, of_client);
	foreach name in array array['client', 'contact', 'client_group', 'client_group_member', 'offer_policy', 'invoice', 'invoice_vat', 'document', 'refund_request', 'part_move'] loop
		execute format('create policy supplier_adds on %I for insert to ponctuel_app with check (%s and %s)', name, here, no_client);
	end loop;
	foreach name in array array['client', 'contact', 'client_group', 'offer_policy'] loop
		execute format('create policy supplier_changes on %I for update to ponctuel_app using (%s and %s)', name, here, no_client);
	end loop;
	foreach name in array array['client_group', 'client_group_member', 'offer_policy'] loop
		execute format('create policy supplier_removes on %I for delete to ponctuel_app using (%s and %s)', name, here, no_client);
	end loop;

	-- The books: the lines of its own claims, and no entry. Booking writes both; a line names this client, or none.
	execute format('create policy one_client on journal_line for select to ponctuel_app using (%s and %s)', here, of_client);
	execute format('create policy booking on journal_line for insert to ponctuel_app with check (%s and (client_id is null or %s))', here, of_client);
	execute format('create policy no_client on journal_entry for select to ponctuel_app using (%s and %s)', here, no_client);
	execute format('create policy booking on journal_entry for insert to ponctuel_app with check (%s)', here);
	-- What tells of it: added by everybody, read by the supplier and the queues.
	foreach name in array array['outbox', 'audit', 'mail'] loop
		execute format('create policy no_client on %I for select to ponctuel_app using (%s and %s)', name, here, no_client);
	end loop;
	execute format('create policy telling on outbox for insert to ponctuel_app with check (%s and %s)', here, of_client);
	execute format('create policy telling on audit for insert to ponctuel_app with check (%s)', here);
	execute format('create policy telling on mail for insert to ponctuel_app with check (%s and (%s or (contact_id is null and member_id is not null) or exists (select from contact k where k.supplier_id = mail.supplier_id and k.contact_id = mail.contact_id)))', here, no_client);
	execute format('create policy no_client_changes on mail for update to ponctuel_app using (%s and %s)', here, no_client);

	-- Nothing of a client's in it, and everybody's: whom one owes, and the number of the next receipt.
	execute format('create policy one_supplier on supplier for select to ponctuel_app using (%s)', here);
	execute format('create policy one_supplier on counter to ponctuel_app using (%s)', here);
	-- Nobody's but the supplier's.
	foreach name in array array['reconciliation', 'stripe_event', 'idempotency', 'import_mapping', 'plan_charge', 'session', 'sign_in', 'pay_link'] loop
		execute format('create policy no_client on %I to ponctuel_app using (%s and %s)', name, here, no_client);
	end loop;
	-- Who may do what is the owners' word; how the supplier works, its writers' (its account and its name: see the trigger).
	foreach name in array array['member', 'api_key'] loop
		execute format('create policy no_client on %I for select to ponctuel_app using (%s and %s)', name, here, no_client);
		execute format('create policy owners_add on %I for insert to ponctuel_app with check (%s and %s in (''owner'', ''system''))', name, here, actor);
		execute format('create policy owners_change on %I for update to ponctuel_app using (%s and %s in (''owner'', ''system''))', name, here, actor);
		execute format('create policy owners_remove on %I for delete to ponctuel_app using (%s and %s in (''owner'', ''system''))', name, here, actor);
	end loop;
	execute format('create policy begins on supplier for insert to ponctuel_app with check (%s and %s = ''system'')', here, actor);
	execute format('create policy writers_change on supplier for update to ponctuel_app using (%s and %s in (''owner'', ''accountant'', ''system''))', here, actor);
end $$;
--> statement-breakpoint
-- Where the money goes and in whose name is an owner's word alone.
create function keep_payee() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if current_user = 'ponctuel_app' and current_setting('ponctuel.actor', true) not in ('owner', 'system')
		and (old.iban, old.bic, old.stripe_account, old.name, old.legal_name, old.siren, old.vat_number) is distinct from (new.iban, new.bic, new.stripe_account, new.name, new.legal_name, new.siren, new.vat_number) then
		raise exception 'the account and the name of supplier % are changed by an owner', old.supplier_id using errcode = 'insufficient_privilege';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger payee_stays before update on supplier for each row execute function keep_payee();
--> statement-breakpoint
-- A client's person locks its invoice to pay it, and changes nothing of it.
create function keep_from_clients() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if current_user = 'ponctuel_app' and nullif(current_setting('ponctuel.client_id', true), '') is not null then
		raise exception '% is written by the supplier', tg_table_name using errcode = 'insufficient_privilege';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger suppliers_word before update on invoice for each row execute function keep_from_clients();
--> statement-breakpoint
-- A series has no gap and goes one way.
create function count_up() returns trigger language plpgsql set search_path = public, pg_temp as $$
begin
	if new.name <> old.name or new.value <> old.value + 1 then
		raise exception 'series % goes up by one', old.name using errcode = 'restrict_violation';
	end if;
	return new;
end $$;
--> statement-breakpoint
create trigger counts_up before update on counter for each row execute function count_up();
--> statement-breakpoint
revoke execute on all functions in schema public from public;
