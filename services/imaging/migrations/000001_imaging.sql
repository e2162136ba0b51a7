-- Copies of other services' state, as of `version`. Nothing here refers to them by foreign key: topics have no order
-- between each other.
create table practice_replica (
  practice_id uuid primary key,
  name text not null,
  time_zone text not null,
  imaging_in_use boolean not null,
  version bigint not null
);
select practice_table('practice_replica', 'select, insert, update');

create table location_replica (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  active boolean not null,
  version bigint not null,
  primary key (practice_id, id)
);
select practice_table('location_replica', 'select, insert, update');

create table payer_replica (
  practice_id uuid not null,
  id uuid not null,
  name text not null,
  active boolean not null,
  plans jsonb not null,                       -- [{ planId, name, active }]
  version bigint not null,
  primary key (practice_id, id)
);
select practice_table('payer_replica', 'select, insert, update');

-- The aggregate of this service: whoever changes its sets or images locks its row and raises its version.
create table scan_batch (
  practice_id uuid not null,
  id uuid not null,
  description text,
  type text not null check (type in ('charge', 'payment')),
  status text not null default 'open' check (status in ('open', 'submitted', 'indexed')),
  location_id uuid,
  date_of_service date,
  charge_received_date date,
  payer_id uuid,
  plan_id uuid,
  created_by text not null,
  created_at timestamptz not null,
  version bigint not null default 1,
  primary key (practice_id, id),
  check (type = 'charge' or (location_id is null and date_of_service is null and charge_received_date is null)),
  check (type = 'payment' or (payer_id is null and plan_id is null)),
  check (plan_id is null or payer_id is not null)
);
select practice_table('scan_batch', 'select, insert, update');

create table image_set (
  practice_id uuid not null,
  id uuid not null,
  scan_batch_id uuid not null,
  position int not null check (position > 0),
  created_at timestamptz not null,
  primary key (practice_id, id),
  foreign key (practice_id, scan_batch_id) references scan_batch (practice_id, id),
  unique (practice_id, scan_batch_id, position)
);
select practice_table('image_set', 'select, insert');

-- A file as it arrived; its bytes are the object of that hash.
create table image_file (
  practice_id uuid not null,
  id uuid not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
  content_type text not null,
  file_name text,
  byte_count bigint not null,
  imported_by text not null,
  imported_at timestamptz not null,
  primary key (practice_id, id)
);
create index image_file_sha256 on image_file (practice_id, sha256);
select practice_table('image_file', 'select, insert');

-- One page. `pixel_sha256` is over what one sees: the upright page on white, so the same page is known in another format.
create table image (
  practice_id uuid not null,
  id uuid not null,
  image_set_id uuid not null,
  position int not null check (position > 0),
  image_file_id uuid not null,
  page_number int not null check (page_number > 0),
  width_px int not null check (width_px > 0),
  height_px int not null check (height_px > 0),
  pixel_sha256 text not null,
  blank boolean not null,
  thumbnail_sha256 text not null,
  tiles_sha256 text not null,
  duplicate_of uuid,
  primary key (practice_id, id),
  foreign key (practice_id, image_set_id) references image_set (practice_id, id),
  foreign key (practice_id, image_file_id) references image_file (practice_id, id),
  foreign key (practice_id, duplicate_of) references image (practice_id, id),
  unique (practice_id, image_set_id, position)
);
create index image_pixels on image (practice_id, pixel_sha256);
create index image_of_file on image (practice_id, image_file_id);
select practice_table('image', 'select, insert');
