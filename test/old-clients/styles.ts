// All styles of old clients by name. Used by the flows.

import { activeResourceClient } from './active-resource.ts'
import { coldFusionClient } from './cold-fusion.ts'
import { dotnetClient } from './dotnet.ts'
import { gravityClient } from './gravity.ts'
import { javaClient } from './java.ts'
import type { Style } from './old-client.ts'
import { perlClient } from './perl.ts'
import { phpClassClient } from './php-class.ts'
import { phpOfficialClient } from './php-official.ts'
import { pythonClient } from './python.ts'
import { rubyHttpClient } from './ruby-http.ts'

export const styles: Readonly<Record<string, Style>> = {
  'Java, HttpClient 3.1': javaClient,
  '.NET': dotnetClient,
  'Ruby, ActiveResource': activeResourceClient,
  'Ruby, 2010': rubyHttpClient,
  'PHP, the copied class': phpClassClient,
  'PHP, the official library': phpOfficialClient,
  'PHP, a WordPress plug-in': gravityClient,
  Perl: perlClient,
  ColdFusion: coldFusionClient,
  Python: pythonClient,
}
