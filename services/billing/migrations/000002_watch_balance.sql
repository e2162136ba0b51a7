-- The watch over the ledger's balance asks which practices have books; it looks into each as that practice's application.
create policy relay_finds_books on reference_batch for select to praxisbus_relay using (true);
grant select (practice_id) on reference_batch to praxisbus_relay;
