// The demo's campaigns: the two of the documentation's example and a year of others. Used by demo-data.ts.

import { demoHtml } from './demo-html.ts'
import type { ImportedCampaign } from '../campaigns/campaign.ts'

export interface DemoCampaign extends ImportedCampaign {
  datedAt: number
  links: readonly string[]
}

const site = 'http://www.joesflowers.example'

const rows: readonly [campaignId: number, name: string, sentAt: string, ...paths: string[]][] = [
  [1100534100117, 'Welcome to the Garden', '2008-03-04T15:00:12.201Z', '/', '/visit'],
  [1100534508820, 'Spring Bulbs', '2008-04-01T14:30:41.077Z', '/bulbs', '/bulbs/tulips', '/care'],
  [1100534911234, "Mother's Day", '2008-04-29T13:05:09.650Z', '/mothers-day', '/delivery'],
  [1100535307415, 'Wedding Season', '2008-05-27T15:45:33.118Z', '/weddings', '/weddings/bouquets', '/contact'],
  [1100535698002, 'Summer Roses', '2008-06-24T14:10:27.904Z', '/roses', '/care/roses'],
  [1100536103377, 'Garden Club Invitation', '2008-07-22T16:20:55.431Z', '/club', '/club/join'],
  [1100536499156, 'End of Summer Sale', '2008-08-26T15:30:18.266Z', '/sale', '/sale/pots', '/visit'],
  [1100536902615, 'September Newsletter', '2008-09-29T15:12:40.512Z', '/news', '/asters'],
  [1100537019381, 'October Specials', '2008-10-03T16:50:04.534Z', '/specials', '/mums'],
  [1100537415590, 'Autumn Wreaths', '2008-10-28T15:02:11.743Z', '/wreaths', '/delivery'],
  [1100537811046, 'Holiday Orders', '2008-12-02T16:18:59.380Z', '/holiday', '/holiday/centerpieces', '/delivery'],
]

export function demoCampaigns(): DemoCampaign[] {
  return rows.map(([campaignId, name, sentAt, ...paths]) => {
    const datedAt = Date.parse(sentAt)
    return {
      campaignId,
      name,
      kind: 'regular',
      status: 'sent',
      datedAt,
      editedAt: datedAt - 3_600_000,
      lastRunAt: datedAt,
      content: {
        subject: `${name} from Joe's Flowers`,
        fromName: "Joe's Flowers",
        fromEmail: 'joe@joesflowers.example',
        replyToEmail: 'joe@joesflowers.example',
        organizationName: "Joe's Flowers",
        organizationAddress1: '123 Main Street',
        organizationCity: 'Waltham',
        organizationState: 'MA',
        organizationCountry: 'us',
        organizationPostalCode: '02451',
        html: demoHtml(
          name,
          paths.map((path) => site + path),
        ),
        text: `<Text>${name}</Text>`,
      },
      links: paths.map((path) => site + path),
    }
  })
}
