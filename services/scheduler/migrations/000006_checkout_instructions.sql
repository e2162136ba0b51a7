-- S-21, E-03: what the EHR wants said at checkout, so that the details of an appointment show it while the EHR is away. A visit has
-- one encounter.
create table checkout_instructions (
  practice_id uuid not null,
  appointment_id uuid not null,
  patient_instructions text,
  front_desk_instructions text,
  version bigint not null,
  primary key (practice_id, appointment_id)
);
select practice_table('checkout_instructions', 'select, insert, update');
