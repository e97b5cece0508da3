namespace KernelSockets.UserApps.SelfTest;

/// <summary>A self-test found something wrong; the message says what was expected and what was seen.</summary>
public sealed class SelfTestFailedException : Exception
{
    /// <summary>Without a reason.</summary>
    public SelfTestFailedException()
    {
    }

    /// <summary>With the reason.</summary>
    public SelfTestFailedException(string message)
        : base(message)
    {
    }

    /// <summary>With the reason and a cause.</summary>
    public SelfTestFailedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
