import { changes } from './changes-test-setup.ts'
import { whichChannels } from './channels-test-setup.ts'
import { faults } from './faults-test-setup.ts'
import { messages } from './messages-test-setup.ts'
import { page } from './page-test-setup.ts'
import { sharing } from './sharing-test-setup.ts'
import { throwing } from './throwing-test-setup.ts'

messages()
sharing()
whichChannels()
page()
faults()
changes()
throwing()
