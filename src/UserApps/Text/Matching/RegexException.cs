namespace KernelSockets.UserApps.Text.Matching;

/// <summary>A pattern is none, or is too much to match; the message is one of regcomp(3)'s.</summary>
internal sealed class RegexException(string message) : Exception(message);
