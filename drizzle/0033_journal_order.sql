-- The order of the books: a page of a month reads what it shows, where it read and sorted every entry of the supplier.
CREATE INDEX "journal_entry_order_idx" ON "journal_entry" USING btree ("supplier_id","booked_on","created_at","entry_id");
