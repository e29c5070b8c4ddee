-- One code in capitals and in small letters is one code. Of those that a reward has twice, the one that was given stays, then the older. What a client was given
-- stands with what it took (points_redemption.code), also where the same code was given to two.
delete from voucher_code v using (
	select supplier_id, reward_id, code, row_number() over (
		partition by supplier_id, reward_id, lower(code collate pg_c_utf8) order by (redemption_id is null), added_at, code) as place
	from voucher_code) twice
where twice.place > 1 and v.supplier_id = twice.supplier_id and v.reward_id = twice.reward_id and v.code = twice.code;
--> statement-breakpoint
CREATE UNIQUE INDEX "voucher_code_once" ON "voucher_code" USING btree ("supplier_id","reward_id",lower("code" collate pg_c_utf8));
