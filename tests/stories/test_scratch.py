from recourse import events as ev
from tests.stories.life import Bank
import time
def show(bank,*accts):
    for a in accts:
        l=bank.life(a)
        print(a,[(n,str(d)) for n,d in l.entered], l.end, l.brakes, {k:(v.state,v.outcome) for k,v in l.file.visits.items()})
    print("sent",[(a,str(d)) for a,d in bank.sent()])
def test_keep(bank):
    bank.loan("A1", due="2025-03-10")
    t=time.time()
    n=bank.play(until="2025-03-20")
    print((time.time()-t)/len(n))
    bank.call("A1","promise",promise_on="2025-03-27",amount=3_000_00)
    bank.play(until="2025-04-11")
    show(bank,"A1")
    for e in bank.life("A1").journal: print(e.envelope.known_on, e.event)
def test_two(bank):
    bank.loan("A1", due="2025-03-10",amount=50000,times=6); bank.loan("A2", due="2025-03-10",amount=30000)
    bank.staff_agrees("formal_notice","acceleration","agency_referral",litigation_route="no_suit")
    bank.post_arrives(); bank.nobody_answers()
    bank.play(until="2025-03-20")
    show(bank,"A1","A2")
    t=time.time()
    n=bank.play(until="2025-07-20",every=3)
    print((time.time()-t)/len(n))
    show(bank,"A1","A2")
    print([ (e.envelope.known_on,e.event) for e in bank.life("A1").journal if isinstance(e.event,(ev.PlacementMade,ev.PermitRefused,ev.ActCompleted))])
