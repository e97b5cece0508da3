namespace KernelSockets.UserApps.SelfTest;

/// <summary>Interrupts as fast as the processor takes them, while the collector stops and moves everything.</summary>
internal sealed class InterruptStormTest : RuntimeTest
{
    private const int Collections = 50;
    private const int Burst = 1000;
    private const int ListLength = 2000;

    /// <inheritdoc/>
    public override string Name => "interrupt-storm";

    /// <inheritdoc/>
    public override string Summary => "an interrupt storm during 50 collections";

    /// <inheritdoc/>
    public override string Run(ISystem system)
    {
        bool isStopping = false;
        long raised = 0;
        ThreadGroup.Run(2, number =>
        {
            if (number == 0)
            {
                while (!Volatile.Read(ref isStopping))
                {
                    system.RaiseInterrupts(Burst);
                    raised += Burst;
                }
            }
            else
            {
                CollectAndCheck();
                Volatile.Write(ref isStopping, true);
            }
        });
        return $"{raised} interrupts";
    }

    /// <summary>Lets the collector move a linked list about, and follows it.</summary>
    private static void CollectAndCheck()
    {
        for (int round = 0; round < Collections; round++)
        {
            Link? list = null;
            for (int i = 0; i < ListLength; i++)
            {
                list = new Link(i, list);
            }

            GC.Collect(round % 3, GCCollectionMode.Forced, blocking: true);
            int expected = ListLength;
            for (Link? link = list; link is not null; link = link.Next)
            {
                Expect.Equal(--expected, link.Number, "number in a list that was moved");
            }

            Expect.Equal(0, expected, "links left");
        }
    }

    private sealed record Link(int Number, Link? Next);
}
