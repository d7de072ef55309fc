-- Whether the people of a project may load media of other servers through this one, when those servers refuse to give them to
-- a page. Off unless an admin decides otherwise: every such address is fetched by the server. A constant default touches no row.
alter table project add column allow_media_proxy boolean not null default false;
