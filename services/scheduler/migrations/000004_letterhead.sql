-- What documents say of the practice besides its name (S-01, B-20): { addressLines, phone, taxId, npi }.
alter table practice add column letterhead jsonb not null
  default '{ "addressLines": [], "phone": null, "taxId": null, "npi": null }';
