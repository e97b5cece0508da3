using System.Text;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel.Diagnostics;

/// <summary>The managed kernel's way into the kernel's log.</summary>
internal static class Log
{
    private const int MaximumLineBytes = 512;

    public static void Error(string text) => Write(LogLevel.Error, text);

    public static void Warning(string text) => Write(LogLevel.Warning, text);

    public static void Information(string text) => Write(LogLevel.Information, text);

    private static void Write(LogLevel level, string text)
    {
        Span<byte> bytes = stackalloc byte[MaximumLineBytes];
        Encoding.UTF8.TryGetBytes(text.AsSpan(0, Math.Min(text.Length, MaximumLineBytes / 3)), bytes, out int count);
        Gateway.Log(level, bytes[..count]);
    }
}
