-- The visit's bill was opened by a note of another patient than the session is of (B-06): the note stands beside the bill from then on,
-- and the right patient's note that waited there becomes the bill's own.
grant update (kind, billing_encounter_id) on encounter_release to praxisbus_app;

-- Since when the payment partner refuses access to the request's account (B-02); null: it does not. The link can then neither be seen nor
-- withdrawn, and a person may give it up.
alter table payment_request add column access_lost_at timestamptz;

-- A receipt of a visit that turns out to be somebody else's money belongs to no visit any more (B-14).
grant update (appointment_id) on receipt to praxisbus_app;
