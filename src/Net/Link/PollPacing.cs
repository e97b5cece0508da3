namespace KernelSockets.Net;

/// <summary>
/// Decides whether a network card is worth being watched instead of waited for, from how soon frames came lately. Follows the arithmetic of Linux's cpuidle
/// governor "haltpoll": a processor that is seldom needed halts.
/// </summary>
public sealed class PollPacing
{
    private static readonly TimeSpan s_shortest = TimeSpan.FromMicroseconds(50);
    private static readonly TimeSpan s_longest = TimeSpan.FromMicroseconds(200);

    /// <summary>How long the card is watched the next time; zero to halt and wait for its interrupt.</summary>
    public TimeSpan Window { get; private set; } = TimeSpan.Zero;

    /// <summary>True when the card is watched the next time.</summary>
    public bool IsWatching => Window > TimeSpan.Zero;

    /// <summary>A wait is over.</summary>
    /// <param name="waited">How long it took.</param>
    /// <param name="hasArrivals">A frame has come.</param>
    public void Note(TimeSpan waited, bool hasArrivals)
    {
        if (!hasArrivals)
        {
            Shrink(waited);
        }
        else if (!IsWatching)
        {
            Window = waited <= s_longest ? s_shortest : TimeSpan.Zero;
        }
        else if (waited > Window)
        {
            Window = waited > s_longest ? Half(Window) : TimeSpan.FromTicks(Math.Min(Window.Ticks * 2, s_longest.Ticks));
        }
    }

    private static TimeSpan Half(TimeSpan window) => window / 2 < s_shortest ? TimeSpan.Zero : window / 2;

    /// <summary>Nothing came: when the whole window was waited for, it is too long.</summary>
    private void Shrink(TimeSpan waited)
    {
        if (waited >= Window)
        {
            Window = Half(Window);
        }
    }
}
