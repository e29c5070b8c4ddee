CREATE INDEX "stripe_account_silent_idx" ON "stripe_account" USING btree ("ask_again_at") WHERE "stripe_account"."silence" is not null;--> statement-breakpoint
CREATE INDEX "stripe_account_former_idx" ON "stripe_account" USING btree ("supplier_id") WHERE "stripe_account"."until_at" is not null;--> statement-breakpoint
CREATE INDEX "open_item_owed_idx" ON "open_item" USING btree ("supplier_id") WHERE "open_item"."balance_minor" < 0;--> statement-breakpoint
CREATE INDEX "saved_method_forget_idx" ON "saved_method" USING btree ("supplier_id") WHERE "saved_method"."removed_at" is null and "saved_method"."kept_at" is null;--> statement-breakpoint
CREATE INDEX "saved_method_detach_idx" ON "saved_method" USING btree ("supplier_id") WHERE "saved_method"."removed_at" is not null and "saved_method"."detached_at" is null;--> statement-breakpoint
CREATE INDEX "plan_break_idx" ON "plan" USING btree ("cure_ends_on","supplier_id") WHERE "plan"."status" = 'active' and "plan"."cure_ends_on" is not null;--> statement-breakpoint
CREATE INDEX "plan_part_take_idx" ON "plan_part" USING btree ("ask_on","supplier_id") WHERE "plan_part"."status" in ('scheduled', 'retrying') and "plan_part"."ask_on" is not null;--> statement-breakpoint
CREATE INDEX "plan_part_tell_idx" ON "plan_part" USING btree ("due_on","supplier_id") WHERE "plan_part"."status" = 'scheduled';--> statement-breakpoint
-- The worker finds which suppliers have something to do: by days and states, no amount and nothing of a person. What is done is done in the supplier's own scope.
create policy every_supplier on plan for select to ponctuel_system using (true);
--> statement-breakpoint
create policy every_supplier on plan_part for select to ponctuel_system using (true);
--> statement-breakpoint
create policy every_supplier on saved_method for select to ponctuel_system using (true);
--> statement-breakpoint
create policy every_supplier on said_outcome for select to ponctuel_system using (true);
--> statement-breakpoint
create policy every_supplier on said_refund for select to ponctuel_system using (true);
--> statement-breakpoint
create policy owed on open_item for select to ponctuel_system using (balance_minor < 0);
--> statement-breakpoint
grant select (supplier_id, status, cure_ends_on) on plan to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, status, ask_on, due_on) on plan_part to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, kept_at, removed_at, detached_at) on saved_method to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, heard_at) on said_outcome to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id, heard_at) on said_refund to ponctuel_system;
--> statement-breakpoint
grant select (supplier_id) on open_item to ponctuel_system;
--> statement-breakpoint
grant select (terms) on points_programme to ponctuel_system;
