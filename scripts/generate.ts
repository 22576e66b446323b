// `npm run generate`: writes the files that are made from the code.

import { writeFileSync } from 'node:fs'
import { generatedFiles } from './generated-files.ts'

for (const [path, content] of await generatedFiles()) writeFileSync(path, content)
