// Pictures of every page, for looking at: script/screens.
import base from './playwright.config';

export default { ...base, testDir: 'screens', outputDir: '../target/screens-results', timeout: 15 * 60_000, reporter: 'list' };
