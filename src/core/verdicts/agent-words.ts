// Words in User-Agent headers, as data: scanners of mail, programs that are no robots, exact texts of scanners.

/** In lower case, anywhere in the text. Vendors of mail security that name themselves. */
export const scannerWords: readonly string[] = [
  'proofpoint',
  'urldefense',
  'barracuda',
  'cudasvc',
  'mimecast',
  'safelinks',
  'ironport',
  'ciscosecureemail',
  'cisco-esa',
  'symantec',
  'messagelabs',
  'forefront',
  'fireeye',
  'trellix',
  'trendmicro',
  'tmes',
  'sophos',
  'fortinet',
  'fortimail',
  'fortiguard',
  'f-secure',
  'withsecure',
  'forcepoint',
  'websense',
  'zscaler',
  'mailguard',
  'spamtitan',
  'hornetsecurity',
  'vadesecure',
  'vade secure',
  'cloudmark',
  'checkpoint harmony',
  'avanan',
  'ironscales',
  'abnormalsecurity',
  'perception-point',
  'cyren',
  'bitdefender',
  'esetmail',
  'kaspersky',
  'virustotal',
  'urlscan',
  'phishtank',
]

/** Office programs that ask for a link themselves before they hand it to the browser, which then clicks. */
export const officeWords: readonly string[] = ['ms-office', 'microsoft office', 'msoffice']

/** Mail programs and apps that lists of robots mistake for robots: for opens they are readers. */
export const mailProgramWords: readonly string[] = [
  'googleimageproxy',
  'yahoomailproxy',
  'outlook-ios',
  'outlook-android',
  'microsoft outlook',
  'thunderbird',
  'em client',
  'emclient',
  'lotus-notes',
  'samsungmail',
  'superhuman',
  'airmail',
  'applemail',
  'cfnetwork',
]

/** Browsers that no reader had for years, sent by scanners to this day. Exact texts. */
export const staleAgents: readonly string[] = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/42.0.2311.135 Safari/537.36 Edge/12.246 Mozilla/5.0',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/104.0.0.0 Safari/537.36',
]
