-- What documents say of the practice besides its name (B-20): { addressLines, phone, taxId, npi }.
alter table practice_replica add column letterhead jsonb not null
  default '{ "addressLines": [], "phone": null, "taxId": null, "npi": null }';
