import { changes } from './changes-test-setup.tsx'
import { hiddenPages, whichChannels } from './channels-test-setup.tsx'
import { faults } from './faults-test-setup.tsx'
import { messages } from './messages-test-setup.tsx'
import { page } from './page-test-setup.tsx'
import { sharing } from './sharing-test-setup.tsx'
import { suspense } from './suspense-test-setup.tsx'
import { throwing } from './throwing-test-setup.tsx'

messages()
sharing()
whichChannels()
hiddenPages()
page()
faults()
suspense()
changes()
throwing()
