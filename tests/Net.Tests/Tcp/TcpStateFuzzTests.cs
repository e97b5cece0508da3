using System.Globalization;
using KernelSockets.Net.Tests.Sockets;
using KernelSockets.Sockets;

namespace KernelSockets.Net.Tests.Tcp;

/// <summary>
/// Each of the eleven states of RFC 9293 is entered again and again and fed with segments while it lasts, so that none is fuzzed by chance only.
/// After each segment the invariants of the connections are checked, in the end that nothing is left.
/// </summary>
/// <remarks><c>KS_FUZZ_STATE</c> is how many segments each state gets (2,000, ten times as many with CI=true), <c>KS_FUZZ_SEED</c> the seed.</remarks>
public sealed class TcpStateFuzzTests
{
    private const int MostInARow = 40; // segments before a state is entered anew
    private const int Few = 2000;
    private const int Many = 20_000;

    public static TheoryData<string> States => [.. Enum.GetNames<TcpState>()];

    [Theory]
    [MemberData(nameof(States))]
    public void State_FedWithSegments_KeepsItsInvariantsAndLeavesNothing(string name)
    {
        TcpState state = Enum.Parse<TcpState>(name);
        int seed = Setting("KS_FUZZ_SEED") ?? Environment.TickCount;
        int wanted = Setting("KS_FUZZ_STATE") ?? (Environment.GetEnvironmentVariable("CI") == "true" ? Many : Few);
        TestContext.Current.TestOutputHelper?.WriteLine($"KS_FUZZ_SEED={seed}");
        try
        {
            Run(state, seed, wanted);
        }
        catch (Exception exception)
        {
            throw new InvalidOperationException($"{state}, KS_FUZZ_SEED={seed}: {exception.Message}", exception);
        }
    }

    private static int? Setting(string name) => int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out int value) ? value : null;

    private static void Run(TcpState state, int seed, int wanted)
    {
        Random random = new(seed);
        Tester tester = new(poolSize: 256);
        int timers = tester.Node.Stack.Timers.Count;
        FuzzedState maker = new(tester, random);
        SegmentFuzzer segments = new(random);
        ConnectionInvariants invariants = new(tester);
        for (int fed = 0; fed < wanted;)
        {
            TcpPeer peer = maker.Make(state);
            for (int i = 0; i < MostInARow && maker.StateOf(peer) == state; i++, fed++)
            {
                Feed(peer, segments, random);
                invariants.Check();
                if (random.Next(10) == 0)
                {
                    Use(maker.Socket, random);
                    invariants.Check();
                }
            }

            maker.Clear();
            if (tester.Node.Stack.Tcp.Connections.Count > 6)
            {
                Rest(tester); // or half-open ones would fill the backlog
            }
        }

        maker.Finish();
        AssertNothingLeft(tester, timers);
    }

    private static void Feed(TcpPeer peer, SegmentFuzzer segments, Random random)
    {
        if (random.Next(20) == 0)
        {
            segments.SendError(peer);
        }
        else
        {
            segments.Send(peer);
        }

        peer.Tester.Settle(random.Next(12) == 0 ? TimeSpan.FromMilliseconds(random.Next(1, 1500)) : TimeSpan.FromMicroseconds(random.Next(60, 300)));
        peer.Tester.Probe.Take();
    }

    private static void Use(TestSocket? socket, Random random)
    {
        byte[] buffer = new byte[3000];
        switch (socket is null ? 3 : random.Next(3))
        {
            case 0:
                socket!.SendSpan(buffer.AsSpan(0, random.Next(buffer.Length)), MessageFlags.DoNotWait | (random.Next(5) == 0 ? MessageFlags.OutOfBand : MessageFlags.None));
                break;
            case 1:
                socket!.ReceiveInto(buffer, MessageFlags.DoNotWait | (random.Next(5) == 0 ? MessageFlags.OutOfBand : MessageFlags.None));
                break;
            case 2:
                socket!.Poll();
                break;
            default:
                break;
        }
    }

    private static void Rest(Tester tester)
    {
        for (int i = 0; i < 10; i++)
        {
            tester.Settle(TimeSpan.FromMinutes(2)); // time-outs may have grown to two minutes
            tester.Probe.Take();
        }
    }

    private static void AssertNothingLeft(Tester tester, int timers)
    {
        Rest(tester);
        NetStack stack = tester.Node.Stack;
        Assert.Equal((0, 0, 0, 0L), (stack.Tcp.Connections.Count, stack.Tcp.TimeWaits.Count, stack.Tcp.Memory.ChunksInUse, stack.Tcp.Statistics.CurrEstab));
        Assert.Equal(timers, stack.Timers.Count);
        using TestSocket again = new(stack, SocketType.Tcp);
        Assert.Equal(Errno.Success, again.Bind("0.0.0.0", 80)); // no port is held
        tester.AssertAlive();
    }
}
