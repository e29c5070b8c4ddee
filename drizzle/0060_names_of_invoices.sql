-- Of the invoices that are there, apart from the trigger: writers wait for that, and for this nobody.
insert into invoice_name (supplier_id, name, invoice_id)
select distinct supplier_id, written.name, invoice_id
from invoice cross join lateral (select upper(regexp_replace(normalize(called, nfd), '[^0-9A-Za-z]', '', 'g')) as name from unnest(array[number, payment_reference]) called) written
where written.name <> '' on conflict do nothing;
