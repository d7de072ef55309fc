// Databases for scripts and browser tests.
//   node script/lib/database.mjs migrate <server url> <name>   makes the database with every migration; prints its address
//   node script/lib/database.mjs create <server url> <name>    makes it empty; prints its address
//   node script/lib/database.mjs drop <server url> <name>      removes it, whoever is connected
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';

const MIGRATIONS = path.join(path.dirname(fileURLToPath(import.meta.url)), '../../migrations');

export async function createDatabase(server, name) {
  await on(server, (client) => client.query(`create database ${pg.escapeIdentifier(name)}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
}

export async function dropDatabase(server, name) {
  await on(server, (client) => client.query(`drop database if exists ${pg.escapeIdentifier(name)} with (force)`));
}

export async function migrate(url) {
  const files = fs.readdirSync(MIGRATIONS).filter((name) => name.endsWith('.sql')).sort();
  await on(url, async (client) => {
    for (const file of files) {
      await client.query(fs.readFileSync(path.join(MIGRATIONS, file), 'utf8')).catch((error) => {
        throw new Error(`migrations/${file}: ${error.message}`);
      });
    }
  });
}

async function on(url, work) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [command, server, name] = process.argv.slice(2);
  if (command === 'drop') {
    await dropDatabase(server, name);
  } else {
    const url = await createDatabase(server, name);
    if (command === 'migrate') await migrate(url);
    console.log(url);
  }
}
