-- Orders that wait for their customer's answer. What was never answered stays among the confirmations for good; an order
-- leaves this index when it is cancelled.
CREATE INDEX orders_waiting ON orders (placed_ms) WHERE status = 'placed' AND decision = 'step_up';
DROP INDEX confirmations_open;

-- Every page of the shop looks at the newest.
CREATE INDEX alarms_newest ON alarms (last_ms DESC, cause);
