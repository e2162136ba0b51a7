import fullDisk from './scenarios/full-disk.ts'
import { testShortForm } from './short-form.ts'

testShortForm('P-02 P-04 a full disk under Kafka: commands go on, all arrives', fullDisk, 150_000)
