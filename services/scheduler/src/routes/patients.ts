import { command, query, type Route } from '@praxisbus/runtime'
import { z } from 'zod'
import { patientAnswer } from '../answers.ts'
import { changePatient } from '../commands/change-patient.ts'
import { registerPatient } from '../commands/register-patient.ts'
import { id } from '../domain/input.ts'
import { patientRecord } from '../domain/patient.ts'
import { namePage, pageOf } from '../page.ts'
import { inPractice } from '../practice.ts'
import { getPatient, listPatients } from '../queries/patients.ts'
import { found } from './refusals.ts'

const patientId = z.strictObject({ patientId: id })

/** S-01: patients with contact data and reminder consents. */
export const patientRoutes: Route[] = [
  command({
    endpoint: 'POST /v1/patients',
    permission: 'patient.write',
    summary: 'Register a patient',
    body: patientRecord,
    output: patientAnswer,
    status: 201,
    run: inPractice(registerPatient),
    refusals: { practice_not_set_up: 409, consent_without_contact: 400, born_in_future: 400 },
  }),
  command({
    endpoint: 'PUT /v1/patients/:patientId',
    permission: 'patient.write',
    summary: 'Replace what was entered about a patient; diagnosis codes on file stay',
    params: patientId,
    body: patientRecord,
    output: patientAnswer,
    ifMatch: 'required',
    run: inPractice(changePatient),
    refusals: { ...found, consent_without_contact: 400, born_in_future: 400 },
  }),
  query({
    endpoint: 'GET /v1/patients',
    permission: 'patient.read',
    summary: 'Patients by name',
    query: z.strictObject({ ...namePage, search: z.string().trim().min(1).max(200).optional() }),
    output: pageOf(patientAnswer),
    run: inPractice(listPatients),
    refusals: { practice_not_set_up: 409 },
  }),
  query({
    endpoint: 'GET /v1/patients/:patientId',
    permission: 'patient.read',
    summary: 'One patient',
    params: patientId,
    output: patientAnswer,
    run: inPractice(getPatient),
    refusals: found,
  }),
]
