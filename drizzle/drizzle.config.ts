// Where Drizzle Kit finds the schema and writes numbered migrations: npm run db:new <slug>.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
	dialect: 'postgresql',
	schema: './src/lib/server/store/schema/index.ts',
	out: './drizzle',
	casing: 'snake_case'
});
