using System.Diagnostics;

namespace KernelSockets.QemuHarness.Support;

/// <summary>For what the guest tells only when asked: asks again until it is so. Each question is itself a round trip to the guest.</summary>
internal static class Eventually
{
    /// <summary>Asks until the answer is yes.</summary>
    /// <exception cref="TimeoutException">It never was within the limit.</exception>
    public static async Task TrueAsync(Func<Task<bool>> question, string expectation, TimeSpan limit)
    {
        long start = Stopwatch.GetTimestamp();
        while (!await question())
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Within {limit.TotalSeconds} s it did not come true that {expectation}.");
            }
        }
    }
}
