-- A task changes at least twice: it is leased, and it is done. With room beside it the new row is written to the same page, and a
-- lease needs no new entry in any index. For pages that are written from now on; nothing is rewritten.
alter table task set (fillfactor = 85);
